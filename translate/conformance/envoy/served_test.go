package envoy

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/mesh/cilium"
	"github.com/transmesh/transmesh/translate/conformance/envoy/engine"
)

// served is what one input says of routes, beside an Envoy that does as it says.
type served struct {
	input
	model   *intent.Model
	objects []object
	prefix  string
}

// object is one configuration of Envoy.
type object struct {
	name     intent.Name
	services []service
	hosted   *engine.Hosted
}

// service is whose requests an object takes; no ports are all.
type service struct {
	Name, Namespace, Listener string
	Ports                     []int
}

// batch is what one Envoy serves.
type batch struct {
	config engine.Config
	behind *engine.Upstream
	sets   []*served
}

// add takes in an input of Cilium's, with what it means, if it has configurations of
// Envoy.
func (b *batch) add(i input, means func() *intent.Model) {
	text := ""
	for _, f := range i.files {
		text += "\n---\n" + string(f.Data)
	}
	if !strings.Contains(text, "EnvoyConfig") {
		return
	}
	s := &served{input: i, model: means(), prefix: fmt.Sprintf("%d|", len(b.sets))}
	gone := func(endpoints string) bool {
		name, _, _ := strings.Cut(endpoints, ":")
		ns, svc, _ := strings.Cut(name, "/")
		return s.model.Env.Complete.Services && s.model.Service(intent.Name{Namespace: ns, Name: svc}) == nil
	}
	for _, doc := range strings.Split(text, "\n---\n") {
		var o struct {
			Kind     string
			Metadata struct{ Name, Namespace string }
			Spec     struct {
				Services  []service
				Resources []any
			}
		}
		if yaml.Unmarshal([]byte(doc+"\n"), &o) != nil || !slices.Contains([]string{"CiliumEnvoyConfig", "CiliumClusterwideEnvoyConfig"}, o.Kind) {
			continue
		}
		x := object{name: intent.Name{Namespace: o.Metadata.Namespace, Name: o.Metadata.Name}, services: o.Spec.Services}
		x.hosted = b.config.Host(o.Spec.Resources, fmt.Sprintf("%s%d|", s.prefix, len(s.objects)), s.prefix+"shared|", b.behind, gone)
		s.objects = append(s.objects, x)
	}
	b.sets = append(b.sets, s)
}

// addAll takes in what is read of an input, if it is of Cilium's, and all that is
// written of it.
func (b *batch) addAll(t *testing.T, i translated) {
	t.Helper()
	if i.from.Name == cilium.Mesh.Name {
		b.add(i.input, func() *intent.Model { return i.Source })
	}
	out := i.written(t)
	b.add(out, out.lifted)
	out, _ = i.forced(t)
	b.add(out, out.lifted)
}

// listener is the one that a service's requests go to, by its name in Envoy.
func (o object) listener(s service) string {
	if s.Listener != "" {
		return o.hosted.Listeners[s.Listener]
	}
	return o.hosted.Listeners[o.hosted.First]
}

// judge starts the Envoy and compares, set by set.
func (b *batch) judge(t *testing.T) *tally {
	t.Helper()
	e := engine.Start(t, b.config, b.behind)
	n := &tally{}
	t.Run("sets", func(t *testing.T) {
		for _, s := range b.sets {
			t.Run(s.name, func(t *testing.T) {
				t.Parallel()
				j := judge{T: t, served: s, envoy: e}
				j.all()
				n.add(j.n)
			})
		}
	})
	return n
}
