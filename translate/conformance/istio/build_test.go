package conformance

import (
	_ "github.com/envoyproxy/go-control-plane/envoy/config/rbac/v3"
	_ "github.com/google/go-cmp/cmp"
	_ "golang.org/x/tools/txtar"
	_ "istio.io/istio/pilot/pkg/config/kube/crd"
	_ "istio.io/istio/pilot/pkg/config/memory"
	_ "istio.io/istio/pilot/pkg/model"
	_ "istio.io/istio/pilot/pkg/networking/core"
	_ "istio.io/istio/pilot/pkg/security/authz/builder"
	_ "istio.io/istio/pilot/pkg/security/trustdomain"
	_ "istio.io/istio/pkg/config/crd"
	_ "istio.io/istio/pkg/config/mesh/meshwatcher"
	_ "istio.io/istio/pkg/config/validation"
)
