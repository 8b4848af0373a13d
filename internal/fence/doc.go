// Package fence gives tests memory that nobody can read or write beyond.
package fence
