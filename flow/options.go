package flow

// Option changes how a loop runs. Each says which loops it is for; others leave it aside.
type Option func(*options)

type options struct {
	length   *int
	reverse  bool
	every    int // steps between checkpoints
	slots    int // of binomial checkpoints
	batch    int // rows at a time
	maxTrips int
}

// Length gives the number of steps of a Scan whose xs holds no arrays.
func Length(n int) Option { return func(o *options) { o.length = &n } }

// Reverse runs a Scan from the last row of xs to the first; ys keeps the order of xs.
func Reverse() Option { return func(o *options) { o.reverse = true } }

// MaxTrips makes a While of more than n steps panic with a *trace.Error.
func MaxTrips(n int) Option { return func(o *options) { o.maxTrips = n } }

func optionsOf(opts []Option) options {
	var o options
	for _, set := range opts {
		set(&o)
	}
	return o
}
