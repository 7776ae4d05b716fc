package translate

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/place"
)

// deprecated tells of objects in versions of their kinds that the mesh's definitions mark
// as deprecated, once for each version.
func (j *job) deprecated() {
	at := map[string][]place.Ref{}
	fix := map[string]string{}
	var order []string
	for _, o := range j.ours {
		k := kindOf(j.o.From, o)
		if k == nil || !slices.Contains(k.Old, o.Version()) {
			continue
		}
		title := o.Kind + " of " + o.APIVersion
		if at[title] == nil {
			order = append(order, title)
		}
		at[title], fix[title] = append(at[title], o.Ref()), "write it as "+k.Group+"/"+k.New+", if all that read it know that"
	}
	for _, title := range order {
		j.result.Findings.Add(diag.Deprecated, title+" is deprecated", fix[title], at[title]...)
	}
}
