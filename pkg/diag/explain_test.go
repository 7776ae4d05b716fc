package diag

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
	"testing"
)

// Every code that is declared is explained, once, and spelled as a code.
func TestEveryCodeIsExplained(t *testing.T) {
	f, err := parser.ParseFile(token.NewFileSet(), "codes.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	declared := map[string]bool{}
	ast.Inspect(f, func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok && len(v.Values) == 1 {
			declared[strings.Trim(v.Values[0].(*ast.BasicLit).Value, `"`)] = true
		}
		return true
	})
	for _, info := range Codes {
		if !declared[string(info.Code)] {
			t.Errorf("%s is explained twice or not declared", info.Code)
		}
		delete(declared, string(info.Code))
		if info.Meaning == "" || info.Fix == "" || strings.ToLower(string(info.Code)) != string(info.Code) {
			t.Errorf("%s is not fully explained", info.Code)
		}
	}
	for code := range declared {
		t.Errorf("%s is not explained", code)
	}
}
