package harness

import "runtime"

// UseProcessors has this process, and what it starts from now on, use n processors, and returns how many it used before. Where the
// system can be told, they are the last ones: contenders in processes of their own then run on the same processors, which on a
// machine that is shared are not all equally fast.
func UseProcessors(n int) (before int) {
	bindTo(n)
	return runtime.GOMAXPROCS(n)
}

// bindTo binds all threads to the last n processors.
var bindTo = func(n int) {}
