package num_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/gradus-ad/gradus/internal/rows"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// TestTable walks the table of package internal/rows: each case of each row is differentiated,
// batched, compiled, printed and compared in every way.
func TestTable(t *testing.T) {
	for _, row := range rows.All() {
		for i, c := range row.Cases {
			name := row.Func + "/" + strconv.Itoa(i)
			if c.Name != "" {
				name += " " + c.Name
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				walk(t, row, c)
			})
		}
	}
}

// Every primitive that is registered has a row, in each case of which it occurs.
func TestTableIsComplete(t *testing.T) {
	has := map[string]bool{}
	registered := trace.Registered()
	maps.DeleteFunc(registered, func(_ string, p trace.Primitive) bool { return !rows.Covers(p) })
	for _, row := range rows.All() {
		if row.Primitive != "" {
			has[row.Primitive] = true
			if registered[row.Primitive] == nil {
				t.Errorf("the row of %s names the primitive %s, which does not exist", row.Func, row.Primitive)
			}
		}
		if len(row.Cases) == 0 {
			t.Errorf("the row of %s, %s, has no case", row.Func, row.Primitive)
		}
		for i, c := range row.Cases {
			if c.Want == nil {
				t.Errorf("case %d of %s has no reference", i, row.Func)
			}
			for k, o := range c.In {
				if !o.HasDomain() {
					t.Errorf("case %d of %s: operand %d has no domain", i, row.Func, k)
				}
			}
		}
	}
	for name := range registered {
		if !has[name] {
			t.Errorf("primitive %s has no row in internal/rows", name)
		}
	}
}

// constructors are the exported functions that no row is for: they make arrays of Go values, or are
// tools of rules.
var constructors = strings.Fields(`Scalar ScalarInt Vector FromInts FromBools Zeros Ones Zero ZerosLike OnesLike Eye Arange
	Linspace Normal Uniform Apply1 Apply2
	AddTangents ScaleTangent NegTangent MaskTangent LinearTangent JointTangent SettleTangent EinsumTangent`)

// Every exported function of num that works on arrays has a row, whatever it is composed of.
func TestTableHasEveryFunction(t *testing.T) {
	has := map[string]bool{}
	for _, row := range rows.All() {
		has[row.Func] = true
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv != nil || !f.Name.IsExported() {
				continue
			}
			if name := f.Name.Name; !has[name] && !slices.Contains(constructors, name) {
				t.Errorf("num.%s has no row in internal/rows", name)
			}
		}
	}
}

// drawn returns operands of a case.
func drawn(c rows.Case, seed string) []num.Array {
	r := source(seed)
	x := make([]num.Array, len(c.In))
	for i, o := range c.In {
		x[i] = o.Draw(r)
	}
	return x
}
