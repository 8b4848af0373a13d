package evals

import (
	"os"
	"testing"

	"github.com/gradus-ad/gradus/internal/debug"
)

// TestMain checks every func that is recorded or built during the tests.
func TestMain(m *testing.M) {
	debug.CheckFuncs.Store(true)
	os.Exit(m.Run())
}
