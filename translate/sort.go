package translate

import (
	"slices"
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/inventory"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/source"
)

// sort parts the input into the source mesh's objects and the rest, in an order
// that does not depend on that of the documents.
func (j *job) sort() {
	objs := slices.Clone(j.in.Objects)
	slices.SortStableFunc(objs, source.Compare)
	taken := taken(j.o.From, objs)
	for i, o := range objs {
		switch kind := kindOf(j.o.From, o); {
		case kind == nil && !taken[o] && j.halfNamed(o):
			j.result.Findings.Tell(diag.InvalidObject, titleOf(o)+" does not say both its apiVersion and its kind", "the API server would reject the object, so it is not translated", "add the missing one", o.Ref())
			j.reject(o, diag.InvalidObject)
		case kind == nil && !taken[o] && j.unknownKind(o):
			j.reject(o, diag.UnknownKind)
		case kind == nil && !taken[o] && j.impossible(o):
		case kind == nil && !taken[o]:
			j.others = append(j.others, o)
			j.obeyed(o)
		case i > 0 && sameObject(objs[i-1], o):
			j.duplicate(objs[i-1], o)
		case nameless(o):
			j.nameless(o)
			j.reject(o, diag.InvalidObject)
		case j.misnamed(o):
			j.reject(o, diag.InvalidObject)
		default:
			j.ours = append(j.ours, o)
		}
	}
	j.result.Documents = len(j.ours) + len(j.rejected) + len(j.repeated)
	j.inventory = inventory.Read(j.others)
}

// impossible tells of a Service or workload that the API server takes no such of, which is
// not there then.
func (j *job) impossible(o *source.Object) bool {
	at, why := inventory.Impossible(o)
	if at != nil {
		j.result.Findings.Tell(diag.InvalidValue, leafName(at.Ref().Path)+" "+strconv.Quote(at.Text())+" of "+o.Ref().Object+" "+why,
			"the API server would reject the object, so it counts as not there", "correct the value", at.Ref())
	}
	return at != nil
}

// taken are the objects of other dialects' kinds that a mesh reads.
func taken(m mesh.Mesh, objs []*source.Object) map[*source.Object]bool {
	if m.Takes == nil {
		return nil
	}
	return m.Takes(objs)
}

// kindOf finds the mesh's kind of an object; nil where it is none of the mesh's,
// or not in that version.
func kindOf(m mesh.Mesh, o *source.Object) *mesh.Kind { return kindNamed(m, o.APIVersion, o.Kind) }

func kindNamed(m mesh.Mesh, apiVersion, kind string) *mesh.Kind {
	o := source.Object{APIVersion: apiVersion}
	for i := range m.Kinds {
		k := &m.Kinds[i]
		if k.Kind == kind && k.Group == o.Group() && slices.Contains(k.Versions, o.Version()) {
			return k
		}
	}
	return nil
}

// halfNamed reports whether an object names a kind of the mesh without its group, or
// a group of the mesh without a kind.
func (j *job) halfNamed(o *source.Object) bool {
	return !o.IsEntry() && slices.ContainsFunc(j.o.From.Kinds, func(k mesh.Kind) bool {
		return k.Group != "" && (o.APIVersion == "" && k.Kind == o.Kind || o.Kind == "" && k.Group == o.Group())
	})
}

// titleOf names an object that may have no kind.
func titleOf(o *source.Object) string {
	if o.Kind == "" {
		return "an object of " + o.APIVersion
	}
	return o.Ref().Object
}

// mayGuard reports whether an object that is set aside may keep requests out, by its kind
// or by what stands in it. One of a
// kind that the mesh does not have may, where others of its group do, and one that says
// two kinds, of which a cluster may take the last.
func (j *job) mayGuard(o *source.Object) bool {
	if slices.ContainsFunc(o.Root.Problems(), func(p source.Problem) bool {
		return p.Kind == source.RepeatedKey && strings.EqualFold(p.Ref.Path, "kind")
	}) {
		return true
	}
	if k := kindOf(j.o.From, o); k != nil {
		return k.Security || j.o.From.Keeps != nil && j.o.From.Keeps(o)
	}
	known := slices.ContainsFunc(j.o.From.Kinds, func(k mesh.Kind) bool { return k.Kind == o.Kind })
	return slices.ContainsFunc(j.o.From.Kinds, func(k mesh.Kind) bool {
		return k.Security && (k.Kind == o.Kind || !known && k.Group == o.Group())
	})
}

func sameObject(a, b *source.Object) bool {
	return a.Group() == b.Group() && a.Kind == b.Kind && a.Namespace == b.Namespace && a.Name == b.Name && a.Name != ""
}

// nameless reports whether an object has no name. Entries of Consul, which have no
// metadata, are its reader's concern.
func nameless(o *source.Object) bool { return o.Name == "" && o.APIVersion != "" }

// nameless tells of an object without a name, or with one that the API server makes when
// the object is created: what has it there is another object each time.
func (j *job) nameless(o *source.Object) {
	what, then, fix := diag.A(o.Kind)+" of "+o.Namespace+" has no name", "the API server would reject the object", "give it a name"
	if n := o.Root.Get("metadata").Get("generateName"); n != nil {
		what, then, fix = what+" but a generateName, "+n.Text(), "kubectl apply rejects the object, and each kubectl create makes another one", "give it the name that it has in the cluster"
	}
	j.result.Findings.Tell(diag.InvalidObject, what, then+", so it is not translated", fix, o.Ref())
}

// unknownKind reports whether an object is in one of the mesh's groups, or in one that is
// nearly spelt so, or in the form of its entries, and of a kind or version that the mesh does not have, and says so.
func (j *job) unknownKind(o *source.Object) bool {
	alike := func(k mesh.Kind) bool { return k.Group == o.Group() && k.Kind == o.Kind }
	inGroup := func(k mesh.Kind) bool { return k.Group == o.Group() && (k.Group != "" || o.IsEntry()) }
	known := slices.ContainsFunc(j.o.From.Kinds, alike)
	unlike := !slices.ContainsFunc(j.o.From.Kinds, inGroup) && !j.o.From.Misspelt(o.Group(), o.Kind)
	if !known && (unlike || slices.ContainsFunc(j.o.From.Aside, alike)) {
		return false
	}
	what := o.Kind + " in " + o.APIVersion
	if o.IsEntry() {
		what = "configuration entry of kind " + o.Kind
	}
	fix := "check the kind and its API version"
	if versions := j.versionsOf(o); len(versions) > 0 {
		fix = "say it in a version that " + j.o.From.Title + " has: " + strings.Join(versions, ", ")
	}
	j.result.Findings.Tell(diag.UnknownKind, j.o.From.Title+" has no "+what, "a cluster would refuse the object, so it is not translated", fix, o.Ref())
	return true
}

// versionsOf are the versions of an object's kind that the source mesh has.
func (j *job) versionsOf(o *source.Object) (out []string) {
	for _, k := range j.o.From.Kinds {
		if k.Group == o.Group() && k.Kind == o.Kind {
			out = append(out, k.Versions...)
		}
	}
	return out
}

// obeyed tells of an object of another dialect that the mesh may obey, too: nothing is
// known of what it asks for.
func (j *job) obeyed(o *source.Object) {
	if j.o.From.Obeys == nil {
		return
	}
	if instead := j.o.From.Obeys(o); instead != "" {
		j.unread = append(j.unread, o)
		j.result.Findings.Tell(diag.NotTranslated, j.o.From.Title+" may obey "+o.Ref().Object+", which is not read as part of it",
			"what it asks for is not in the output, and the verdict is without it", instead, o.Ref())
	}
}

// duplicate settles two documents for one object. If they say the same, the
// second has no effect. Otherwise what a cluster would hold depends on which was
// applied last, so neither is trusted.
func (j *job) duplicate(a, b *source.Object) {
	found := &j.result.Findings
	if manifest.Equal(tree(a.Root), tree(b.Root)) {
		found.Add(diag.Inert, b.Ref().Object+" is described twice in the same words", "remove one of the two documents", b.Ref(), a.Ref())
		b.Root.MarkRead()
		b.Root.Inert("the object is described twice in the same words")
		j.repeated = append(j.repeated, b)
		return
	}
	found.Tell(diag.DuplicateObject, b.Ref().Object+" is described twice in different words", "a cluster holds the one that was applied last, and the input does not tell which, so neither is translated",
		"keep one of the two documents", b.Ref(), a.Ref())
	j.reject(b, diag.DuplicateObject)
	if n := len(j.ours); n > 0 && sameObject(j.ours[n-1], b) {
		j.reject(j.ours[n-1], diag.DuplicateObject)
		j.ours = j.ours[:n-1]
	}
}

// reject sets an object aside; the finding of the code says why.
func (j *job) reject(o *source.Object, why diag.Code) {
	if j.why == nil {
		j.why = map[*source.Object]diag.Code{}
	}
	j.rejected, j.why[o] = append(j.rejected, o), why
}

// configure settles the environment: the defaults, the caller's, the input's.
func (j *job) configure() {
	j.env = intent.Defaults()
	if j.o.Env != nil {
		j.env = *j.o.Env
	}
	if j.o.From.Configure == nil {
		return
	}
	env, diags := j.o.From.Configure(j.in.Objects, j.env)
	j.env = env
	j.add(diags)
}
