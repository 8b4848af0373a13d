package trace

import (
	"maps"
	"reflect"
	"strconv"
)

// registry holds a prototype of each primitive that Parse can make, by name. It is filled by
// init functions and only read afterwards, as image.RegisterFormat's.
var registry = map[string]Primitive{}

// Register makes primitives known to Parse by their names. It is to be called from an init
// function, with values whose fields do not matter; a name that is taken, or is no name, panics.
func Register(prototypes ...Primitive) {
	for _, p := range prototypes {
		if !isName(p.Name()) {
			panic("trace: a primitive cannot be named " + strconv.Quote(p.Name()))
		}
		if _, ok := registry[p.Name()]; ok {
			panic("trace: primitive " + p.Name() + " is registered twice")
		}
		paramsOf(reflect.TypeOf(p))
		registry[p.Name()] = p
	}
}

// Registered returns the prototypes of all registered primitives by name.
func Registered() map[string]Primitive { return maps.Clone(registry) }

func lookup(name string) (Primitive, bool) {
	p, ok := registry[name]
	return p, ok
}

func init() { Register(full{}, constant{}) }
