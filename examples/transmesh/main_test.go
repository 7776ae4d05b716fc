package main

import (
	"os"
	"path/filepath"
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
	})
}
