package engine

// StandIns tells what stands in for where the chain of a service ends, in order, by
// the server's own view of the chain: in a sidecar's clusters, addresses alone tell.
func (a *Agent) StandIns(service string) (map[Target][]Target, error) {
	var found struct {
		Chain struct {
			Nodes map[string]struct {
				Resolver *struct {
					Target   string
					Failover *struct{ Targets []string }
				}
			}
			Targets map[string]struct{ Service, ServiceSubset, Datacenter, Peer string }
		}
	}
	if err := a.call("GET", "/v1/discovery-chain/"+service, nil, &found); err != nil {
		return nil, err
	}
	target := func(id string) Target {
		t := found.Chain.Targets[id]
		out := Target{Service: t.Service, Subset: t.ServiceSubset, Datacenter: t.Datacenter, Peer: t.Peer}
		if out.Datacenter == "dc1" {
			out.Datacenter = ""
		}
		return out
	}
	out := map[Target][]Target{}
	for _, n := range found.Chain.Nodes {
		if n.Resolver == nil || n.Resolver.Failover == nil {
			continue
		}
		for _, id := range n.Resolver.Failover.Targets {
			at := target(n.Resolver.Target)
			out[at] = append(out[at], target(id))
		}
	}
	return out, nil
}
