package translate

import (
	"slices"
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/mesh"
)

// ofSeveral tells of pods behind several Services where the target has a pod be of one: the
// translation takes them to be of one, and only the operator can say of which.
func (j *job) ofSeveral() {
	from, to := j.o.From, j.o.To
	alone := to.Injection.Alone
	if from.Name == to.Name || alone == nil || j.inventory == nil || j.model == nil {
		return
	}
	routed, told := routedServices(j.model), map[string]bool{}
	for _, w := range j.podsOfServices() {
		services := selecting(j.inventory, w, alone)
		at, names := intent.Origin(nil), []string(nil)
		matters := len(services) > 1 && j.model.Guards(w)
		for _, s := range services {
			at, names = append(at, s.From...), append(names, s.Name.Name)
			matters = matters || len(services) > 1 && routed[s.Name]
		}
		if len(services) == 1 && j.model.Guards(w) {
			j.partChosen(services[0], told)
		}
		key := w.Name.Namespace + "/" + strings.Join(names, ",")
		if !matters || told[key] {
			continue
		}
		told[key] = true
		j.result.Findings.Tell(diag.Prerequisite,
			to.Name+": a pod is of one Service, and some of namespace "+w.Name.Namespace+" are of "+strings.Join(names, " and "),
			alone.Why+", and what is said of one Service does not hold where it is registered as another",
			keepOne(services, alone), at...)
	}
}

// partChosen tells of a Service that the target knows pods by where they are translated as
// those of another, which selects more: nothing is said of the first as a client, and where
// nothing is said clients get in.
func (j *job) partChosen(s *intent.Service, told map[string]bool) {
	whole, _ := legal.Broader(j.inventory, s)
	if whole == nil || told[s.Name.String()] {
		return
	}
	told[s.Name.String()] = true
	j.open(j.o.To.Name+": pods are known as those of Service "+s.Name.String()+", and what is said of them as clients is written for "+whole.Name.String()+", which selects them too",
		"have the pods known as those of "+whole.Name.Name, append(slices.Clone(s.From), whole.From...))
}

// keepOne is how a mesh is told which of some Services a pod is of: the one that selects
// all pods of the others, as which they are translated, or else any.
func keepOne(services []*intent.Service, alone *mesh.Alone) string {
	label := alone.Ignores.Key + ": " + strconv.Quote(alone.Ignores.Value)
	all := slices.IndexFunc(services, func(s *intent.Service) bool {
		return !slices.ContainsFunc(services, func(o *intent.Service) bool { return !s.Selects(o.Selector) })
	})
	if all < 0 {
		return "label all but the one that clients call " + label + ", or annotate the pods " + alone.Chooses + " with its name"
	}
	keep := services[all].Name.Name
	return "keep " + keep + ": label the others " + label + ", or annotate the pods " + alone.Chooses + ": " + strconv.Quote(keep)
}

// podsOfServices are the workloads of pods of the input, and for each Service one that has
// just the labels by which it selects.
func (j *job) podsOfServices() []*intent.Workload {
	out := slices.DeleteFunc(slices.Clone(j.converted()), func(w *intent.Workload) bool { return w.Kind == intent.MachineKind })
	for _, s := range j.inventory.Services {
		if len(s.Selector) > 0 {
			out = append(out, &intent.Workload{Name: intent.Name{Namespace: s.Name.Namespace}, Labels: s.Selector})
		}
	}
	return out
}

// selecting are the Services that a mesh would know pods by, by name.
func selecting(inv *intent.Inventory, w *intent.Workload, alone *mesh.Alone) []*intent.Service {
	chosen, _ := intent.Lookup(w.Annotations, alone.Chooses)
	return slices.DeleteFunc(slices.Clone(inv.ServicesIn(w.Name.Namespace)), func(s *intent.Service) bool {
		v, _ := intent.Lookup(s.Labels, alone.Ignores.Key)
		return !s.Selects(w.Labels) || s.ExternalName != "" || v == alone.Ignores.Value || chosen != "" && chosen != s.Name.Name
	})
}

// routedServices are the Services that tables are for or lead to.
func routedServices(m *intent.Model) map[intent.Name]bool {
	out := map[intent.Name]bool{}
	for _, t := range m.Routing {
		out[t.Host.Service] = true
		legal.EachBackend(t, func(b *intent.Backend) { out[b.Host.Service] = true })
	}
	return out
}
