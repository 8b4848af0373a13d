package compile

import "github.com/gradus-ad/gradus/trace"

// liner is a primitive without operands: Line returns an array, shorter than its result, where all elements of that are at some
// offset and strides.
type liner interface {
	Line() (line trace.Buffer, offset int, stride []int)
}

// fewInLine is the number of elements up to which a result is a constant all the same: code looks into small ones.
const fewInLine = 2048

// placeLine makes the result of such an equation a view of the short array.
func (c *compiler) placeLine(e *trace.Equation) bool {
	p, ok := e.Primitive.(liner)
	v := e.Outs[0]
	if !ok || c.vars[v].typ.Size() <= fewInLine {
		return false
	}
	line, offset, stride := p.Line()
	root := c.fresh(line.Type)
	c.vars[root].constant, c.vars[root].line = &line, true
	c.vars[v].view = &view{root: root, offset: offset, stride: stride}
	return true
}
