// Package movinggc is imported for its effect: with it, Gorgonia starts. Gorgonia depends on a module that ends the program on every
// version of Go that it does not know, unless the environment says that the risk is taken. Packages are initialised in the order of
// their paths, so this one is before that one.
package movinggc

import (
	"os"
	"runtime"
	"strings"
)

func init() {
	major, rest, _ := strings.Cut(runtime.Version(), ".")
	minor, _, _ := strings.Cut(rest, ".")
	os.Setenv("ASSUME_NO_MOVING_GC_UNSAFE_RISK_IT_WITH", major+"."+minor)
}
