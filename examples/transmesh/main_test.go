package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"transmesh": main})
}

// TestScripts runs the command as a user does. $SHOP is the folder of examples,
// and SCRIPTS_UPDATE=1 rewrites what the scripts compare with.
func TestScripts(t *testing.T) {
	shop, err := filepath.Abs(filepath.Join("..", "shop"))
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:           filepath.Join("testdata", "script"),
		UpdateScripts: os.Getenv("SCRIPTS_UPDATE") == "1",
		Setup: func(e *testscript.Env) error {
			e.Setenv("SHOP", shop)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"status": exitStatus},
	})
}

// exitStatus runs a command, as in "status 2 transmesh convert": it must end with
// just that status.
func exitStatus(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N command [args]")
	}
	got := "0"
	var exit *exec.ExitError
	switch err := ts.Exec(args[1], args[2:]...); {
	case errors.As(err, &exit):
		got = strconv.Itoa(exit.ExitCode())
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if got != args[0] {
		ts.Fatalf("%s ends with status %s, want %s", strings.Join(args[1:], " "), got, args[0])
	}
}
