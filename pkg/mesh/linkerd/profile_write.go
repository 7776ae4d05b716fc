package linkerd

import (
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/manifest"
)

func writeProfiles(m *intent.Model) []*manifest.Object { return nil }

var (
	profileForm   legal.RouteForm
	profileLimits legal.Limits
)

func profileCaps() legal.Caps { return routeCaps() }
