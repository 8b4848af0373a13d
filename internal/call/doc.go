// Package call is for equations that stand for the call of a function: its body stays a func of
// its own, which no transform merges with what is round it.
package call
