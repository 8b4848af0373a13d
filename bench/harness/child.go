package harness

import (
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
)

// Child is another program that takes orders on its standard input and answers on its standard output, a JSON value
// a line each. It stays for many orders, so that it can be timed in turns with what runs here.
type Child struct {
	process *exec.Cmd
	in      io.WriteCloser
	orders  *json.Encoder
	answers *json.Decoder
}

// Start starts a child.
func Start(name string, args ...string) (*Child, error) {
	c := exec.Command(name, args...)
	in, err := c.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := c.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.Start(); err != nil {
		return nil, err
	}
	return &Child{c, in, json.NewEncoder(in), json.NewDecoder(out)}, nil
}

// Ask gives an order and waits for the answer, which it puts into answer.
func (c *Child) Ask(order, answer any) error {
	if err := c.orders.Encode(order); err != nil {
		return fmt.Errorf("%s: giving an order: %w", c.process.Path, err)
	}
	if err := c.answers.Decode(answer); err != nil {
		return fmt.Errorf("%s: reading the answer: %w", c.process.Path, err)
	}
	return nil
}

// Close ends the child.
func (c *Child) Close() error {
	if err := c.in.Close(); err != nil {
		return err
	}
	return c.process.Wait()
}

// Kill ends a child that does not answer.
func (c *Child) Kill() error { return c.process.Process.Kill() }
