package transforms

// TapCotangent returns x such that the cotangent that reverse mode sends back to it passes through f on
// the way: to be clipped, scaled, replaced, or with num.Tap inside of f shown. f takes and gives a tree like
// x, and may use outer arrays. It is traced and cannot read values. The cotangent is the sum of what comes
// from every use of what TapCotangent returns; f does not run if nothing comes.
//
// It is a CustomVJP, and what is said there holds: it works under Vmap, where f takes the cotangent of
// one lane, in JIT and at every order. Forward mode runs the transpose of f, if f is linear (one that only
// looks is), and otherwise refuses with the line where it is not.
func TapCotangent[T any](x T, f func(cotangent T) T) T {
	type nothing struct{}
	return customVJP("tap cotangent",
		func(x T) T { return x },
		func(x T) (T, nothing) { return x, nothing{} },
		func(_ nothing, ct T) T { return f(ct) })(x)
}
