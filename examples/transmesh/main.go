// Command transmesh translates service-mesh configuration from one mesh to
// another, compares configurations by meaning, and explains its findings. It
// reads files and writes files; it never talks to a cluster.
package main

import (
	"errors"
	"fmt"
	"os"
)

// Exit statuses.
const (
	exitFine     = 0
	exitFindings = 1 // findings at or above the threshold, or a difference
	exitTrouble  = 2 // usage, I/O, unreadable input
)

// status is an exit status that a command asks for without a message.
type status int

func (s status) Error() string { return fmt.Sprintf("exit status %d", int(s)) }

func main() {
	err := root().Execute()
	var s status
	switch {
	case err == nil:
		os.Exit(exitFine)
	case errors.As(err, &s):
		os.Exit(int(s))
	}
	fmt.Fprintln(os.Stderr, "transmesh: "+err.Error())
	os.Exit(exitTrouble)
}
