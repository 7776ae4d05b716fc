package decide

import (
	"regexp"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
)

// replaceAll replaces all that a regular expression finds. Groups are written
// \1 in the model and ${1} in Go.
func replaceAll(p intent.PathRewrite, path string) string {
	re, err := regexp.Compile(p.Match)
	if err != nil {
		return path
	}
	with := strings.ReplaceAll(p.Replace, "$", "$$")
	for _, d := range "0123456789" {
		with = strings.ReplaceAll(with, `\`+string(d), "${"+string(d)+"}")
	}
	return re.ReplaceAllString(path, with)
}
