package compile

import (
	"slices"
	"sync"
	"unsafe"

	"github.com/gradus-ad/gradus/internal/amd64"
	"github.com/gradus-ad/gradus/internal/loop"
	"github.com/gradus-ad/gradus/internal/vm"
)

// code is a loop that has been made ready to run by a backend.
type code interface {
	Run(arrays []unsafe.Pointer, n int, carries, scratch []uint64)
	RunRows(arrays []unsafe.Pointer, n, rows int, carries, scratch []uint64)
	Scratch() int // how many words Run needs
}

// Backend says how loops are run.
type Backend struct {
	Name  string
	level amd64.Level
}

// Portable runs loops in Go.
var Portable = Backend{Name: "vm"}

// Backends returns those that there are here, the fastest first.
func Backends() []Backend { return backends() }

var backends = sync.OnceValue(func() (all []Backend) {
	if amd64.Available() {
		for l := amd64.Features(); l > amd64.None; l-- {
			all = append(all, Backend{"amd64 " + l.String(), l})
		}
	}
	return append(all, Portable)
})

// Default returns the fastest backend, or the one that GRADUS_JIT in the environment asks for.
func Default() Backend {
	wanted := amd64.Wanted()
	all := Backends()
	return all[slices.IndexFunc(all, func(b Backend) bool { return b.level <= wanted })]
}

// unit makes the loops of one program ready to run.
type unit struct{ machine *amd64.Unit }

func (b Backend) unit() unit {
	if b.level == amd64.None {
		return unit{}
	}
	return unit{amd64.NewUnit(b.level)}
}

// compile makes a loop ready to run when the unit is sealed. What has no machine code runs in Go.
func (u unit) compile(l *loop.Loop) code {
	if u.machine != nil {
		if c, err := u.machine.Compile(l); err == nil {
			return c
		}
	}
	return vm.Compile(l)
}

// seal returns an error if machine code cannot run.
func (u unit) seal() error {
	if u.machine == nil {
		return nil
	}
	return u.machine.Seal()
}
