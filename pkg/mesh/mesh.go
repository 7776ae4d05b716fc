// Package mesh is the contract that a dialect fills in: one value with all that
// the rest of the program knows about a mesh.
package mesh

import (
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// Mesh is one dialect, as source and as target.
type Mesh struct {
	// Name is what users write after --from and --to; Title is for people.
	Name, Title string
	// Versions are the spellings accepted behind "@", the default one first,
	// such as "2.20" or "istio".
	Versions []string
	// Kinds are the kinds that belong to the mesh, read or not.
	Kinds []Kind
	// Aside are kinds of the same groups that the mesh leaves to other programs, in any
	// version. A kind of its groups that neither list has is unknown.
	Aside []Kind
	// Takes finds among all objects those of other dialects' kinds that Read reads
	// beside its own, such as Gateways of a class that the mesh runs; nil takes none.
	Takes func([]*source.Object) map[*source.Object]bool
	// Obeys tells what to do about an object of another dialect that the mesh may obey
	// nonetheless, and that Read does not read; "" is an object that it does not obey.
	// nil for meshes that obey their own kinds only.
	Obeys func(*source.Object) string
	// Order lists the kinds that must be applied in an order, in that order, after
	// all others; nil is none.
	Order []string
	// Environment names the dotted keys of intent.Environment that the reader
	// and the writer depend on; those unsaid are reported as assumptions.
	Environment []string
	// Standing lays what objects of no mesh say of who is let in, in the mesh as a target,
	// under a model of another mesh, where it lets in no more than the mesh does by itself; at
	// are the annotations that let in less. nil for meshes of which none say that.
	Standing func(*intent.Model) (under *intent.Model, at []intent.Pair)
	// Releases are the names by which controllers of progressive delivery know what writes
	// routes of the mesh, the one to be named anew first: the providers of Flagger, and the
	// traffic routing of Argo Rollouts. None is that they know none.
	Releases []string
	// Injection is how pods get the mesh's proxies; empty for meshes that put none
	// into pods.
	Injection Injection
	// Configure reads documents that configure the mesh itself (MeshConfig in a
	// ConfigMap, IstioOperator, Helm values) into the environment; it gets all
	// objects of the input and reads only what it understands. nil for meshes
	// that have none.
	Configure func([]*source.Object, intent.Environment) (intent.Environment, diag.List)
	// Root is the namespace whose policies hold for the whole mesh; nil for
	// meshes that have none.
	Root func(intent.Environment) string
	// Guards tells which workloads an object of a security kind may guard that is
	// set aside because it cannot be read, as a predicate over subjects; nil is all.
	// A document that cannot be read at all may then guard everything. Where Guards
	// is nil, objects guard their own namespace.
	Guards func(*source.Object, *intent.Inventory) match.Expr
	// Keeps reports whether an object of a kind that is no security kind, set aside because
	// it cannot be read, may have kept requests out nonetheless, by what stands in it. nil
	// for meshes without such objects.
	Keeps func(*source.Object) bool
	// Keepers are words by which the text of such an object, where it cannot be parsed, shows
	// that it may.
	Keepers []string
	// Leaving tells the clients of which an object of a security kind, set aside because
	// it cannot be read, may have held back what leaves the cluster, keeping requests out
	// of nothing; ok is false for other objects. nil for meshes without such kinds.
	Leaving func(*source.Object) (client match.Expr, ok bool)
	// Sides tells whether an object of a security kind, set aside because it cannot be
	// read, may have kept requests out of the workloads that it guards, and whether it may
	// have kept its own from being sent. It has no Root where its text cannot be parsed.
	// nil for meshes whose policies keep nothing from being sent.
	Sides func(*source.Object) (served, dialled bool)
	// Read lifts the objects of the mesh's kinds into facts. What it does not
	// read is reported for it; its diagnostics say what is wrong, inert or
	// ambiguous in the source, never what will be hard elsewhere.
	Read func(Input) (*intent.Model, diag.List)
	// Target says what the mesh can express, for a version of Versions; ok is
	// false for a version that it cannot write, and for a mesh that is a source
	// only.
	Target func(version string) (t legal.Target, ok bool)
	// Write prints a legal model; it cannot fail, drop or warn.
	Write func(*intent.Model, legal.Target) []*manifest.Object
}

// Injection is how pods get a mesh's proxies.
type Injection struct {
	// Marks are the keys of labels and annotations, on namespaces and pods, that ask
	// for a proxy, unless their value says that none is wanted.
	Marks []string
	// Ask is what to set, in words: "the label istio-injection: enabled".
	Ask string
	// Past are the labels and annotations of pods by which connections reach them that
	// no policy of the mesh is asked for.
	Past []Passing
	// OnHost is why no policy of the mesh is asked for pods on the network of their node,
	// as a clause; "" is that policies are, or that it is not known.
	OnHost string
	// Admits is the annotation of namespaces and pods by which they have a policy of their own
	// for what no policy is about; "" is that the mesh has none.
	Admits string
	// Alone is how a mesh has a pod be of one Service; nil is that a pod may be of many.
	Alone *Alone
}

// Alone is how a pod that several Services select is of one alone.
type Alone struct {
	// Ignores is the label of Services by which the mesh does not know them, and Chooses the
	// annotation of pods with the name of the one that it knows them by.
	Ignores intent.Pair
	Chooses string
	// Renames is the annotation of pods with the name by which the mesh knows them.
	Renames string
	// Why is what becomes of a pod of several, as a clause.
	Why string
}

// Passing is a label or annotation of pods by which connections pass by policies.
type Passing struct {
	Key string
	// Says reports whether a value has that effect.
	Says func(value string) bool
	// Why is what it does, as a clause.
	Why string
}

// Kind is an API group with a kind and the versions that are read.
type Kind struct {
	Group, Kind string
	Versions    []string
	// Old are those of Versions that the mesh's own definitions mark as deprecated, and
	// New is the version that replaces them; nil is none.
	Old []string
	New string
	// Security says that an object which cannot be read may have kept requests
	// out, so that its scope is withheld.
	Security bool
}

// Input is what a reader gets.
type Input struct {
	// Objects are those of the mesh's kinds, sorted by kind, namespace, name and
	// position, so that the order of documents means nothing.
	Objects []*source.Object
	// Aside are those that are set aside because the API server would reject them: nothing is
	// read of them, and what refers to them is not of objects that are elsewhere.
	Aside []*source.Object
	// Inventory is what the rest of the input shows of the cluster.
	Inventory *intent.Inventory
	Env       intent.Environment
	// Version is the one behind "@" of --from.
	Version string
}
