package transforms

import (
	"bufio"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"

	"github.com/gradus-ad/gradus/internal/tree"
	"github.com/gradus-ad/gradus/num"
	"github.com/gradus-ad/gradus/trace"
)

// saved is the first line of a file.
const saved = "gradus program 1"

// Save writes the program as text that Load reads: the structure and the types of its argument and its result,
// and the func that was traced, constants to the last bit. It is compiled afresh where it is loaded. What is
// part of the process cannot be saved: a Tap, a solver that package implicit calls, and a primitive that is not
// known to trace.Register, as a user's own is unless it is registered. The error, a *trace.Error, names it and
// its line. Nothing has been written then.
func (p *Program[In, Out]) Save(w io.Writer) error {
	if err := savable(p.source); err != nil {
		return err
	}
	text, err := p.source.MarshalText()
	if err != nil {
		return err
	}
	if _, err := trace.Parse(string(text)); err != nil { // such as a parameter of a user's own primitive
		return fmt.Errorf("save: the func cannot be read back: %w", err)
	}
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "%s\ntraced %d\n", saved, p.traced)
	saveTree(b, "argument", p.in, p.like)
	saveTree(b, "result", p.out, p.result)
	b.Write(text)
	b.WriteByte('\n')
	return b.Flush()
}

func saveTree(b *bufio.Writer, name string, t trace.Tree, v any) {
	for _, s := range tree.Statics[trace.Array](v) {
		fmt.Fprintf(b, "%s static %q %q\n", name, s.Path, s.Value)
	}
	for i, x := range t.Values {
		fmt.Fprintf(b, "%s %q %v\n", name, t.Leaves[i].Path, x.Type())
	}
}

// savable returns an error that names the first equation whose primitive cannot be read back.
func savable(f *trace.Func) error {
	known := trace.Registered()
	var walk func(f *trace.Func) error
	walk = func(f *trace.Func) error {
		for i := range f.Equations() {
			e := &f.Equations()[i]
			fail := func(why string) error {
				return &trace.Error{Pos: e.Pos(), Primitive: "save", Msg: e.Primitive.Name() + " cannot be saved: " + why}
			}
			funcs := trace.Funcs(e.Primitive)
			_, effect := e.Primitive.(trace.Effect)
			_, local := e.Primitive.(interface{ Local() })
			if effect || local {
				return fail("it calls a function of this process")
			}
			switch p := known[e.Primitive.Name()]; {
			case len(e.Ins) == 0 && p == nil && e.Primitive.Name() == "hole":
			case p == nil || reflect.TypeOf(p) != reflect.TypeOf(e.Primitive):
				return fail("it is not known to trace.Register")
			}
			for _, g := range funcs {
				if err := walk(g); err != nil {
					return err
				}
			}
		}
		return nil
	}
	return walk(f)
}

// Load reads a program that Save has written, and compiles it for this machine. The argument must have the
// structure, the types and the static fields of example, and the result the Go type Out, with which Compile made
// it; else, and if the text is not what Save writes, Load returns an error. In the loaded program, errors have no
// lines of the function.
func Load[In, Out any](r io.Reader, example In, opts ...CompileOption) (p *Program[In, Out], err error) {
	var o compileOptions
	for _, set := range opts {
		set(&o)
	}
	defer func() {
		if x := recover(); x != nil {
			p, err = nil, fmt.Errorf("load: the func cannot be compiled: %v", x)
		}
	}()
	all, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	f, err := readFile(string(all))
	if err != nil {
		return nil, fmt.Errorf("load: %w", err)
	}
	if failed := trace.Try(func() { p, err = loaded[In, Out](f, example) }); failed != nil {
		err = failed
	}
	if err != nil {
		return nil, err
	}
	p.checkIf(o.finite)
	return p, nil
}

func loaded[In, Out any](f *file, example In) (*Program[In, Out], error) {
	p := &Program[In, Out]{source: f.fn, in: emptied(flatten("load", example))}
	p.like = trace.Unflatten(example, p.in.Values)
	if err := f.argument.same("argument", p.in, p.like); err != nil {
		return nil, err
	}
	made, err := tree.Make[trace.Array](reflect.TypeFor[Out](), f.result.statics, len(f.result.types))
	if err != nil {
		return nil, fmt.Errorf("load: the result was not a %v: %v", reflect.TypeFor[Out](), err)
	}
	out := trace.Flatten("load", made)
	if len(out.Values) != len(f.result.types) {
		return nil, fmt.Errorf("load: the result had %d arrays, a %v has %d", len(f.result.types), reflect.TypeFor[Out](), len(out.Values))
	}
	for i, t := range f.result.types {
		out.Values[i] = num.Zero(t)
	}
	p.out, p.result = out, trace.Unflatten(made, out.Values).(Out)
	if err := f.result.same("result", p.out, p.result); err != nil {
		return nil, err
	}
	p.compile(f.traced)
	return p, nil
}

// file is what Save writes.
type file struct {
	traced           int
	argument, result savedTree
	fn               *trace.Func
}

type savedTree struct {
	statics []tree.Static
	paths   []string
	types   []trace.Type
}

// same returns an error if a tree, that of v, is not the one that was saved.
func (s *savedTree) same(name string, t trace.Tree, v any) error {
	for i, x := range t.Values {
		if i < len(s.types) && (!x.Type().Equal(s.types[i]) || t.Leaves[i].Path != s.paths[i]) {
			return fmt.Errorf("load: the %s%s is %v, but the program was compiled for %s of %v",
				name, path(t, i), x.Type(), strings.TrimSpace(name+" "+s.paths[i]), s.types[i])
		}
	}
	if len(t.Values) != len(s.types) {
		return fmt.Errorf("load: the %s has %d arrays, but the program was compiled for %d", name, len(t.Values), len(s.types))
	}
	now := tree.Statics[trace.Array](v)
	for i, x := range now {
		if i >= len(s.statics) || x != s.statics[i] {
			return fmt.Errorf("load: the %s differs from what the program was compiled for: %s is %s", name, x.Path, x.Value)
		}
	}
	if len(now) != len(s.statics) {
		return fmt.Errorf("load: the %s has no %s", name, s.statics[len(now)].Path)
	}
	return nil
}

// readFile reads a file and checks that its parts belong together.
func readFile(text string) (*file, error) {
	head, text, _ := strings.Cut(text, "\n")
	if head != saved {
		return nil, fmt.Errorf("the first line is %.40q, not %q", head, saved)
	}
	f := &file{}
	for n := 2; ; n++ {
		if strings.HasPrefix(text, "func") || strings.HasPrefix(text, "@") || text == "" {
			break
		}
		line, rest, _ := strings.Cut(text, "\n")
		if err := f.line(line); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		text = rest
	}
	var err error
	if f.fn, err = trace.Parse(text); err != nil {
		return nil, err
	}
	if len(f.fn.Captures()) > 0 || !f.argument.fits(f.fn, f.fn.Inputs()) || !f.result.fits(f.fn, f.fn.Outputs()) {
		return nil, fmt.Errorf("the func is not that of the argument and the result")
	}
	return f, savable(f.fn)
}

func (s *savedTree) fits(f *trace.Func, vs []trace.Var) bool {
	if len(vs) != len(s.types) {
		return false
	}
	for i, t := range s.types {
		if !f.Type(vs[i]).Equal(t) || t.Stars() > 0 {
			return false
		}
	}
	return true
}

// line reads one before the func.
func (f *file) line(line string) error {
	name, rest, _ := strings.Cut(line, " ")
	into := &f.argument
	switch name {
	case "traced":
		n, err := strconv.Atoi(rest)
		f.traced = n
		return err
	case "result":
		into = &f.result
	case "argument":
	default:
		return fmt.Errorf("unexpected %.40q", line)
	}
	if static, ok := strings.CutPrefix(rest, "static "); ok {
		path, rest, err := quoted(static)
		if err != nil {
			return err
		}
		value, err := strconv.Unquote(strings.TrimSpace(rest))
		if err != nil {
			return fmt.Errorf("bad value %s", rest)
		}
		into.statics = append(into.statics, tree.Static{Path: path, Value: value})
		return nil
	}
	path, rest, err := quoted(rest)
	if err != nil {
		return err
	}
	t, err := trace.ParseType(strings.TrimSpace(rest))
	if err != nil {
		return err
	}
	into.paths, into.types = append(into.paths, path), append(into.types, t)
	return nil
}

// quoted splits a text that begins with a quoted path.
func quoted(text string) (path, rest string, err error) {
	q, err := strconv.QuotedPrefix(text)
	if err != nil {
		return "", "", fmt.Errorf("expected a path in quotes, found %.40q", text)
	}
	path, err = strconv.Unquote(q)
	return path, text[len(q):], err
}
