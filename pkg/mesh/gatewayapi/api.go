package gatewayapi

import (
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
)

// WriteMatches prints a predicate as the entries of rules[].matches; nil where
// it holds always.
func WriteMatches(e match.Expr, p intent.Protocol) *manifest.Node { panic("stub") }

// WriteRoutes prints tables on Services and Gateways as route objects.
func WriteRoutes(m *intent.Model, t legal.Target, d Dialect) []*manifest.Object { panic("stub") }
