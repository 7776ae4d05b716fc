package consul

import (
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/manifest"
)

// write prints a legal model.
func write(*intent.Model, legal.Target) []*manifest.Object { return nil }
