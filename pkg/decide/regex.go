package decide

import (
	"regexp"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
)

// inReplacement are the words of a replacement, of which a backslash begins each: a
// group, or a backslash itself.
var inReplacement = regexp.MustCompile(`\\[0-9\\]`)

// replaceAll replaces all that a regular expression finds. Groups are written
// \1 in the model and ${1} in Go.
func replaceAll(p intent.PathRewrite, path string) string {
	re, err := regexp.Compile(p.Match)
	if err != nil {
		return path
	}
	with := strings.ReplaceAll(p.Replace, "$", "$$")
	with = inReplacement.ReplaceAllStringFunc(with, func(word string) string {
		if word == `\\` {
			return `\`
		}
		return "${" + word[1:] + "}"
	})
	return re.ReplaceAllString(path, with)
}
