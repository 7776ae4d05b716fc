package legal

import (
	"cmp"
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/place"
)

// intake tells of limits that the proxies of servers keep to, and which the output has
// otherwise: those that cannot be said, and those that come along with what is said of callers.
func intake(r *run) {
	asked, whys := r.m.Intake, map[*intent.Intake]string{}
	switch {
	case r.t.Intake != nil:
		r.m.Intake = r.t.Intake(r.m)
	case r.t.OwnIntake != nil:
		r.m.Intake = r.saidIntake(whys)
	default:
		r.m.Intake = nil
	}
	for _, i := range asked {
		r.intakeDiffers(i, beside(r.m.Intake, i), whys[i])
	}
	for _, i := range r.m.Intake {
		if beside(asked, i) == nil {
			r.intakeDiffers(nil, i, "")
		}
	}
}

// intake reports whether all that proxies of servers keep to is said in objects that are kept.
func (k KeptObjects) intake(i *intent.Intake) bool {
	return len(k) > 0 && k.all(i.From) && (i.Limits == nil || k.all(i.Limits.From))
}

// saidIntake is what of the facts can be said, and why not the rest.
func (r *run) saidIntake(whys map[*intent.Intake]string) (out []*intent.Intake) {
	if len(r.m.Intake) == 0 {
		return nil
	}
	of, kept := r.t.OwnIntake(r.m), Kept(r.m, r.t.Mesh)
	for _, i := range r.m.Intake {
		if kept.intake(i) {
			out = append(out, i) // printed with the object that it stands in
			continue
		}
		said, why := of(i)
		if whys[i] = why; said != nil {
			out = append(out, said)
		}
	}
	return out
}

// beside is the first of some facts that is for the same host and port as another; nil is none.
func beside(all []*intent.Intake, i *intent.Intake) *intent.Intake {
	at := slices.IndexFunc(all, func(x *intent.Intake) bool { return x.Host == i.Host && x.Port == i.Port })
	if at < 0 {
		return nil
	}
	return all[at]
}

// intakeDiffers notes what the proxies of a host keep to, before and after; nil is nothing.
func (r *run) intakeDiffers(before, after *intent.Intake, why string) {
	i := cmp.Or(before, after)
	why = cmp.Or(r.t.Caps.Says(Intake, i), why, r.t.Caps[Intake].Why)
	c := Change{
		Pass: "intake", Feature: Intake, Code: diag.Approximated, Drift: intent.Other, Aspect: intent.Limiting, Fate: r.limitsFate(before), From: settingsOf(i, after),
		Before: r.takingIn(before), After: r.takingIn(after),
	}
	proxies := "the proxies of " + i.Host.String()
	switch had, has := before.Bounds(), after.Bounds(); {
	case !had && !has || had && has && before.Text() == after.Text() && meets(before.From, after.From):
		return
	case had && has && before.Text() == after.Text():
		c.Drift, c.Fate = intent.Same, FateRewritten
		c.Summary, c.Fix = proxies+" keep to the limits of its callers, which are the same", "nothing"
	case had && !has:
		c.Code = diag.Dropped
		c.Summary = proxies + " do not limit any more what they let through to it: " + why
		c.Detail = "they kept to " + before.Text() + " for all callers together, those outside the mesh too; at most the proxy of each caller does now, for itself"
		c.Fix = cmp.Or(r.t.Takes, "limit it in the application, or accept that it is not")
	case !had:
		c.Summary = proxies + " keep to the limits of its callers, too: " + why
		c.Detail = after.Text() + " was for each caller, and is for all of them together at each server, too"
		if c.Fix = "check that one server has enough with it"; r.t.Takes != "" {
			c.Fix += ", or " + r.t.Takes
		}
	default:
		c.Summary = proxies + " keep to other limits for what they let through to it: " + why
		c.Detail, c.Fix = "they kept to "+before.Text()+", and keep to "+after.Text(), "say it in the target's own way"
	}
	r.record(c)
}

// limitsFate is what becomes of limits that proxies of servers do not keep to any more: those
// of callers may be said.
func (r *run) limitsFate(i *intent.Intake) Fate {
	if i == nil || slices.ContainsFunc(r.m.Upstream, func(u *intent.Upstream) bool { return u.Limits != nil && meets(u.Limits.From, i.From) }) {
		return FateDrifted
	}
	return FateDropped
}

// meets reports whether two origins have a place in common.
func meets(a, b intent.Origin) bool {
	return slices.ContainsFunc(a, func(x place.Ref) bool { return slices.Contains(b, x) })
}

// settingsOf is where the limits of a fact are said, but for those that are said still.
func settingsOf(i, still *intent.Intake) (out intent.Origin) {
	said := func(p intent.Place) bool {
		return still != nil && still != i && still.Limits != nil && slices.Contains(still.Limits.At, p)
	}
	if i.Limits != nil {
		for _, at := range i.Limits.At {
			if !said(at) {
				out = merge(out, intent.Origin{at.Ref})
			}
		}
	}
	if out == nil {
		return i.From
	}
	return out
}

// takingIn is a fragment of what the proxies of one host keep to; nil is nothing.
func (r *run) takingIn(i *intent.Intake) *intent.Model {
	f := r.fragment()
	if i != nil {
		f.Intake = []*intent.Intake{i}
	}
	return f
}

// verifyIntake finds limits that the target does not come to.
func verifyIntake(m *intent.Model, t Target, fail failure) {
	if t.Intake != nil || len(m.Intake) == 0 {
		return
	}
	of := func(i *intent.Intake) (*intent.Intake, string) { return nil, t.Caps.Says(Intake, i) }
	if t.OwnIntake != nil {
		of = t.OwnIntake(m)
	}
	kept := Kept(m, t.Mesh)
	for _, i := range m.Intake {
		if kept.intake(i) {
			continue
		}
		if said, why := of(i); said == nil || said.Text() != i.Text() {
			fail(string(Intake), i.From, cmp.Or(why, "it is written of no workload"))
		}
	}
}
