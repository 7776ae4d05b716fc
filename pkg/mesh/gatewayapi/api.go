package gatewayapi

import (
	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/mesh"
	"github.com/transmesh/transmesh/pkg/source"
)

// ReadRoutes lifts the HTTPRoutes and GRPCRoutes of the input on Services and
// Gateways into tables, and what the model cannot say into Opaque facts.
func ReadRoutes(in mesh.Input, d Dialect) ([]*intent.Routing, []*intent.Opaque, diag.List) {
	panic("stub")
}

// ReadRoute reads one object, without attaching it to its parents.
func ReadRoute(o *source.Object, d Dialect) (*Route, []*intent.Opaque, diag.List) { panic("stub") }

// ReadMatch reads one entry of rules[].matches, of an HTTPRoute or GRPCRoute.
func ReadMatch(n *source.Node, p intent.Protocol) (match.Expr, diag.List) { panic("stub") }

// ReadHostnames reads spec.hostnames as atoms on field Host: Exact, or Suffix
// for a wildcard; one of them must hold. nil for none.
func ReadHostnames(n *source.Node) []Hostname { panic("stub") }

// ReadHome reads metadata: the operator's labels and annotations (those for
// which skip returns false), the comment above the document.
func ReadHome(o *source.Object, meant func(annotation string) bool) *intent.Home { panic("stub") }

// WriteMatches prints a predicate as the entries of rules[].matches; nil where
// it holds always.
func WriteMatches(e match.Expr, p intent.Protocol) *manifest.Node { panic("stub") }

// WriteHome sets the comment, labels and annotations of an object.
func WriteHome(o *manifest.Object, h *intent.Home, annotations []intent.Pair) { panic("stub") }

// WriteRoutes prints tables on Services and Gateways as route objects.
func WriteRoutes(m *intent.Model, t legal.Target, d Dialect) []*manifest.Object { panic("stub") }
