package transforms

import "time"

// SetPatience changes how long goroutines wait for another one's trace, and returns how long that was.
func SetPatience(d time.Duration) (was time.Duration) {
	was, patience = patience, d
	return was
}
