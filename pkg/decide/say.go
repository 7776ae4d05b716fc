package decide

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
)

// says writes one aspect of an answer for people.
func (a *answer) says(aspect int) string {
	text := a.parts[aspect].text
	switch {
	case aspect == routed && len(a.shares) > 0 && text != nowhere:
		return sharesSaid(a.shares)
	case aspect == routed:
		return strings.ReplaceAll(text, ":addressed", "")
	case aspect == retrying && text != "none":
		return retriesSaid(text)
	case text == "":
		return silence[aspect]
	}
	return strings.ReplaceAll(text, ":addressed", "")
}

// silence is what an aspect is where nothing is said of it.
var silence = [len(routedAspects)]string{
	rewritten: "left as it is", mirrored: "not mirrored", faulted: "no fault", crossing: "no CORS policy", timing: "no timeout", retrying: "none",
}

// sharesSaid writes a distribution with percentages where these are exact.
func sharesSaid(to []share) string {
	var names []string
	weights := map[string]int{}
	sum := 0
	for _, s := range to {
		name := strings.ReplaceAll(s.name, ":addressed", "")
		if own := strings.Join(nonEmpty(s.effects[:]), "; "); own != "" {
			name += " with " + own
		}
		if weights[name] == 0 {
			names = append(names, name)
		}
		weights[name] += s.weight
		sum += s.weight
	}
	if len(names) == 1 {
		return "all to " + names[0]
	}
	slices.SortStableFunc(names, func(x, y string) int { return weights[y] - weights[x] })
	var parts []string
	for _, n := range names {
		parts = append(parts, portion(weights[n], sum)+" to "+n)
	}
	return strings.Join(parts, ", ")
}

// portion is a share of a sum: "12.5%", or "33 of 43" where that is not exact.
func portion(weight, sum int) string {
	if weight*10000%sum == 0 {
		return strconv.FormatFloat(float64(weight*10000/sum)/100, 'f', -1, 64) + "%"
	}
	d := gcd(weight, sum)
	return fmt.Sprintf("%d of %d", weight/d, sum/d)
}

// retriesSaid leaves out what retries do not say.
// unsaidOfRetries are the parts of a text of retries that say nothing.
var unsaidOfRetries = strings.NewReplacer(" per try -", "", " backoff -", "", " hosts -", "", " localities -", "", "[", "", "]", "")

func retriesSaid(text string) string {
	text = unsaidOfRetries.Replace(text)
	n, on, ok := strings.Cut(text, " on ")
	if !ok {
		return text
	}
	if n == "1" {
		return "1 retry on " + on
	}
	return n + " retries on " + on
}

// headerSaid writes what becomes of one header; equal texts mean equal effects.
func headerSaid(k headerKey, v headerValue) string {
	name := "request header " + k.name
	if k.on == intent.OnResponse {
		name = "response header " + k.name
	}
	said := v.values
	switch {
	case len(said) < 2:
	case intent.Listed(k.name):
		said = []string{strings.Join(said, ",")}
	default:
		said = slices.Sorted(slices.Values(said)) // cookies do not know each other
	}
	var values []string
	for _, x := range said {
		values = append(values, strconv.Quote(x))
	}
	list := strings.Join(values, " and ")
	switch {
	case v.keep:
		return name + " gets also " + list
	case len(values) == 0:
		return name + " is removed"
	}
	return name + " is set to " + list
}

// rewriteText writes a new host or path; equal texts mean equal effects.
func rewriteText(s intent.Rewrite) string {
	var parts []string
	if s.Host != "" {
		parts = append(parts, "host is set to "+s.Host)
	}
	if s.Path != nil {
		parts = append(parts, pathSaid(*s.Path))
	}
	return strings.Join(parts, " and ")
}

func pathSaid(p intent.PathRewrite) string {
	switch p.Kind {
	case intent.FullPath:
		return fmt.Sprintf("path is set to %q", p.Replace)
	case intent.PrefixPath:
		return fmt.Sprintf("path prefix %q becomes %q", p.Match, p.Replace)
	case intent.SegmentPrefix:
		return fmt.Sprintf("path segments %q become %q", p.Match, orSlash(strings.TrimRight(p.Replace, "/")))
	}
	return fmt.Sprintf("path pattern %q becomes %q", p.Match, p.Replace)
}

// schemePorts are the ports that schemes have by themselves.
var schemePorts = map[string]int{"http": 80, "https": 443}

// redirectText writes where clients are sent that came to a port, 0 for one that is not
// known; equal texts mean equal effects.
func redirectText(r intent.Redirect, came int) string {
	text := "redirect " + itoa(r.Status)
	if r.Scheme != "" {
		text += " to scheme " + r.Scheme
	}
	if r.Host != "" {
		text += " to host " + r.Host
	}
	switch to := redirectPort(r, came); to {
	case 0:
	case intent.RequestPort:
		text += " to the port of the request"
	default:
		text += " to port " + itoa(to)
	}
	if r.Path != nil {
		text += ", " + pathSaid(*r.Path)
	}
	return text
}

// redirectPort is the port of a redirect where it does not go without saying: as that of the
// scheme, or without one as that of the request.
func redirectPort(r intent.Redirect, came int) int {
	to := r.Port
	if to == intent.RequestPort && came != 0 {
		to = came
	}
	if r.Scheme != "" && to == schemePorts[r.Scheme] || r.Scheme == "" && (to == came || to == intent.RequestPort) {
		return 0
	}
	return to
}
