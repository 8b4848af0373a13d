package compile

import (
	"unsafe"

	"github.com/gradus-ad/gradus/internal/loop"
	"github.com/gradus-ad/gradus/internal/vm"
)

// backend makes loops ready to run.
type backend struct {
	name    string
	compile func(l *loop.Loop) code
}

var portable = backend{"vm", func(l *loop.Loop) code { return vm.Compile(l) }}

func chosenBackend() backend { return portable }

var _ unsafe.Pointer
