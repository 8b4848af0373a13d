package main

import (
	"github.com/gradus-ad/gradus/bench/againstc"
	"github.com/gradus-ad/gradus/bench/costs"
	"github.com/gradus-ad/gradus/bench/harness"
	"github.com/gradus-ad/gradus/bench/peers"
	"github.com/gradus-ad/gradus/bench/python"
)

// parts are the sections of the results.
func parts() []harness.Part {
	return []harness.Part{
		againstc.Part(), python.Part(), peers.Part(), peers.Abilities(),
		costs.Modes(), costs.Growth(), costs.Compiling(), costs.Passes(), costs.Memory(),
	}
}
