package engine

import (
	"slices"

	"istio.io/istio/pilot/pkg/model"
	"istio.io/istio/pilot/pkg/networking"
	"istio.io/istio/pilot/pkg/networking/core"
	"istio.io/istio/pkg/config"
	"istio.io/istio/pkg/config/mesh"
	"istio.io/istio/pkg/test"
)

// Logs is what proxies record of what they carry.
type Logs struct {
	push *model.PushContext
}

// NewLogs takes objects in, with the mesh's configuration as its ConfigMap has it.
func NewLogs(t test.Failer, objects []Object, meshConfig string) *Logs {
	conf, err := mesh.ApplyMeshConfigDefaults(meshConfig)
	if err != nil {
		t.Fatal(err)
	}
	var configs []config.Config
	for _, o := range objects {
		configs = append(configs, o.Config)
	}
	return &Logs{core.NewConfigGenTest(t, core.TestOptions{Configs: configs, MeshConfig: conf}).PushContext()}
}

// Recorded lists, sorted, the providers that a workload's proxy writes records by, each with
// its filter behind a space, of what it takes (served) or sends. decided is whether any
// provider is on or off: where none is, the mesh's accessLogFile holds.
func (l *Logs) Recorded(w Workload, served bool) (providers []string, decided bool) {
	class := networking.ListenerClassSidecarOutbound
	if served {
		class = networking.ListenerClassSidecarInbound
	}
	proxy := &model.Proxy{Type: model.SidecarProxy, ConfigNamespace: w.Namespace, Labels: w.Labels, Metadata: &model.NodeMetadata{Namespace: w.Namespace, Labels: w.Labels}}
	configs := l.push.Telemetry.AccessLogging(l.push, proxy, class, nil)
	for _, c := range configs {
		if !c.Disabled {
			providers = append(providers, c.Provider.Name+" "+c.Filter.GetExpression())
		}
	}
	slices.Sort(providers)
	return providers, len(configs) > 0
}
