package num_test

import (
	"testing"

	"github.com/gradus-ad/gradus/internal/rows"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// usersOwn is a rule as users write them.
type usersOwn struct{}

func (usersOwn) Name() string                        { return "users_own" }
func (usersOwn) Eval(x float64) float64              { return x }
func (usersOwn) Derivative(x, _ num.Array) num.Array { return num.OnesLike(x) }

// TestDiscreet holds that arrays may be on loan wherever primitives of this package run, but for tap, and not where rules of users do.
func TestDiscreet(t *testing.T) {
	discreet := func(p trace.Primitive) bool {
		d, ok := p.(trace.Discreet)
		return ok && d.Discreet()
	}
	without := map[string]bool{"tap": true, "name": true, "units": true}
	for name, p := range trace.Registered() {
		if rows.Covers(p) && discreet(p) == without[name] {
			t.Errorf("%s: discreet is %v", name, discreet(p))
		}
	}
	f := trace.MustOf(func(x num.Array) num.Array { return num.Apply1[usersOwn](x) }, num.Vector(1, 2))
	if discreet(f.Equations()[0].Primitive) {
		t.Error("a rule of a user is discreet")
	}
}
