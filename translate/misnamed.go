package translate

import (
	"regexp"
	"strconv"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// Names that the API server takes: one word, or several with dots between them.
// k8s.io/apimachinery/pkg/util/validation IsDNS1123Label, IsDNS1123Subdomain
var nameWords = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`).MatchString

const (
	longestName = 253
	wordForm    = "is no lower-case RFC 1123 label: up to 63 letters, digits and -, with a letter or digit at either end"
	wordsForm   = "is no lower-case RFC 1123 subdomain: up to 253 letters, digits, - and ., with a letter or digit at either end and beside each ."
)

// wordNamed are kinds whose objects are part of host names: no dots. Releases of
// Kubernetes before 1.35 want a letter first for Services too.
var wordNamed = map[string]bool{"Service": true, "Namespace": true}

// misnamed reports whether the API server rejects an object for its name or its
// namespace, and says so. Entries of Consul, which have no metadata, are its
// reader's concern.
func (j *job) misnamed(o *source.Object) bool {
	if o.APIVersion == "" {
		return false
	}
	meta := o.Root.Get("metadata")
	form, why := nameWords, wordsForm
	if o.Group() == "" && wordNamed[o.Kind] {
		form, why = intent.IsLabel, wordForm
	}
	bad := j.misname(o, meta.Get("name"), form, why)
	return j.misname(o, meta.Get("namespace"), intent.IsLabel, wordForm) || bad
}

// misname judges one name.
func (j *job) misname(o *source.Object, at *source.Node, form func(string) bool, why string) bool {
	name := at.Str()
	if at == nil || intent.IsLabel(name) || form(name) && len(name) <= longestName || len(at.Problems()) > 0 {
		return false
	}
	j.result.Findings.Tell(diag.InvalidObject, leafName(at.Ref().Path)+" "+strconv.Quote(name)+" of "+o.Ref().Object+" "+why,
		"the API server would reject the object, so it is not translated", "give it a name that it can have", at.Ref())
	return true
}

// homeless reports whether an object names a namespace that cannot be: which one is
// meant is not known.
func homeless(o *source.Object) bool {
	return o.APIVersion != "" && o.Namespace != "" && !o.NamespaceImplied && !intent.IsLabel(o.Namespace)
}
