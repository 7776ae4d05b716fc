package conformance

// httpRoute is one route of a VirtualService.
func (g *generator) httpRoute() fields {
	out := fields{}
	if !g.chance(25) {
		var match []fields
		for range 1 + g.IntN(2) {
			match = append(match, g.httpMatch())
		}
		out["match"] = match
	}
	switch n := g.IntN(100); {
	case n < 6:
		out["redirect"] = g.redirect()
		return out
	case n < 14:
		out["directResponse"] = fields{"status": 418, "body": fields{"string": "x"}}
		return out
	}
	out["route"] = g.destinations()
	g.sometimes(out, 20, "rewrite", fields{"uri": "/"}, fields{"uri": "/new"}, fields{"uri": "/new/"}, fields{"authority": "else.example"},
		fields{"uri": "/x", "authority": "y"}, fields{"uriRegexRewrite": fields{"match": "/([a-z]+)", "rewrite": `/n/\1`}})
	g.sometimes(out, 15, "timeout", "1s", "0s", "1500ms")
	g.sometimes(out, 15, "retries", fields{"attempts": 3}, fields{"attempts": 0}, fields{"attempts": 2, "perTryTimeout": "1s", "retryOn": "5xx,503"},
		fields{"attempts": 1, "retryOn": "gateway-error"}, fields{"retryOn": "reset"})
	if g.chance(20) {
		out["headers"] = g.headerOps()
	}
	g.sometimes(out, 10, "mirror", fields{"host": "pay.shop.svc.cluster.local"}, fields{"host": "api.team.svc.cluster.local"}, fields{"host": "gone"},
		fields{"host": "cart", "subset": "v1"}, fields{"host": "pay", "port": fields{"number": 81}})
	if out["mirror"] != nil {
		g.sometimes(out, 50, "mirrorPercentage", fields{"value": 12.5})
	}
	if g.chance(10) {
		out["corsPolicy"] = g.cors()
	}
	if g.chance(10) {
		out["fault"] = g.fault()
	}
	return out
}

// sometimes adds one of some values, so many times in a hundred.
func (g *generator) sometimes(to fields, percent int, key string, values ...any) {
	if g.chance(percent) {
		to[key] = pick(g, values)
	}
}

func (g *generator) httpMatch() fields {
	out := fields{}
	for range 1 + g.IntN(3) {
		switch g.IntN(11) {
		case 0, 1, 2:
			out["uri"] = g.text([]string{"/a", "/a/b", "/", "/A"}, []string{"/", "/a", "/a/", "/A", "/files"}, []string{"/a/[0-9]+", "/(a|b)/.*", "/a|/b", "(?i)/A", ".*", "/a.b"})
			g.sometimes(out, 25, "ignoreUriCase", true)
		case 3:
			out["method"] = g.text([]string{"GET", "get"}, []string{"P", "G"}, []string{"GET|PUT", ".*"})
		case 4:
			out["headers"] = fields{g.one("x-id", "X-Color", "x-id"): g.header()}
		case 5:
			out["withoutHeaders"] = fields{g.one("x-id", "x-color"): g.header()}
		case 6:
			out["queryParams"] = fields{g.one("q", "v"): g.text([]string{"1", "", "x y"}, []string{"1", "b"}, []string{"[0-9]+", "*", ".*"})}
		case 7:
			out["authority"] = g.text([]string{"cart", "cart.shop.svc.cluster.local", "CART"}, []string{"cart", "Cart"}, []string{"cart.*", ".*team.*"})
		case 8:
			out["sourceLabels"] = fields{"app": g.one("web", "cart", "x")}
		case 9:
			out["sourceNamespace"] = g.one("shop", "team", "other")
		case 10:
			out["port"] = 80 + g.IntN(2)
		}
	}
	g.sometimes(out, 5, "scheme", fields{"exact": "http"}, fields{"exact": "https"}, fields{"exact": "HTTP"}, fields{"prefix": "http"}, fields{"regex": "https?"})
	return out
}

// text is a match of a text in one of three ways.
func (g *generator) text(values, prefixes, patterns []string) fields {
	switch g.IntN(3) {
	case 0:
		return fields{"exact": pick(g, values)}
	case 1:
		return fields{"prefix": pick(g, prefixes)}
	}
	return fields{"regex": pick(g, patterns)}
}

func (g *generator) header() fields {
	if g.chance(15) {
		return fields{}
	}
	return g.text([]string{"1", "blue", ""}, []string{"b", "1"}, []string{"b.*", "*", ".*", "1|2"})
}

func (g *generator) redirect() fields {
	out := fields{}
	switch g.IntN(4) {
	case 0:
		out["uri"] = g.one("/new", "/")
	case 1:
		out["prefixRewrite"] = g.one("/new", "/new/")
	}
	g.sometimes(out, 40, "authority", "else.example", "else.example:8443")
	g.sometimes(out, 40, "scheme", "https", "http")
	switch g.IntN(4) {
	case 0:
		out["port"] = pick(g, []int{82, 443, 8443})
	case 1:
		out["derivePort"] = g.one("FROM_PROTOCOL_DEFAULT", "FROM_REQUEST_PORT")
	}
	g.sometimes(out, 50, "redirectCode", 301, 302, 303, 307, 308)
	return out
}

func (g *generator) headerOps() fields {
	out := fields{}
	for _, side := range []string{"request", "response"} {
		if g.chance(40) {
			continue
		}
		ops := fields{}
		g.sometimes(ops, 50, "set", fields{"x-a": "s"}, fields{"x-b": "s"}, fields{"X-A": "s"})
		g.sometimes(ops, 50, "add", fields{"x-a": "a"}, fields{"x-b": "a"})
		g.sometimes(ops, 50, "remove", []string{"x-a"}, []string{"x-r"})
		if side == "request" {
			g.sometimes(ops, 10, "set", fields{"Host": "set.example"}, fields{":authority": "set.example"}, fields{"host": "set.example"})
		}
		out[side] = ops
	}
	return out
}

// destinations are one or two, some of them to what is not there.
func (g *generator) destinations() []fields {
	n := 1
	if g.chance(40) {
		n = 2
	}
	var out []fields
	for range n {
		d := fields{"host": g.one("cart", "pay", "cart.shop.svc.cluster.local", "pay.shop.svc.cluster.local", "cart.team.svc.cluster.local", "api.team.svc.cluster.local", "cart.shop", "gone", "out.example.com", "api.out.example.com")}
		g.sometimes(d, 30, "subset", "v1", "v2", "v3")
		g.sometimes(d, 30, "port", fields{"number": 80}, fields{"number": 81})
		to := fields{"destination": d}
		if n == 1 {
			g.sometimes(to, 20, "weight", 0, 1, 2)
		} else {
			g.sometimes(to, 80, "weight", 50)
		}
		if g.chance(10) {
			to["headers"] = g.headerOps()
		}
		out = append(out, to)
	}
	return out
}

func (g *generator) cors() fields {
	out := fields{}
	g.sometimes(out, 80, "allowOrigins", []fields{{"exact": "https://a.example"}}, []fields{{"prefix": "https://"}, {"exact": "*"}}, []fields{{"regex": "https://.*[.]example"}})
	g.sometimes(out, 20, "allowOrigin", []string{"https://b.example", "*"})
	g.sometimes(out, 50, "allowMethods", []string{"GET"}, []string{"GET", "PUT"})
	g.sometimes(out, 50, "allowHeaders", []string{"x-a"}, []string{"x-b", "x-a"})
	g.sometimes(out, 50, "exposeHeaders", []string{"x-c"})
	g.sometimes(out, 50, "maxAge", "24h", "3s", "0s")
	g.sometimes(out, 50, "allowCredentials", true, false)
	out["unmatchedPreflights"] = g.one("FORWARD", "IGNORE") // pilot says what goes without saying, too
	return out
}

func (g *generator) fault() fields {
	out := fields{}
	if g.chance(60) {
		delay := fields{"fixedDelay": g.one("1s", "1500ms")}
		g.sometimes(delay, 70, "percentage", fields{"value": 12.5}, fields{"value": 100}, fields{"value": 0.0001})
		g.sometimes(delay, 40, "percent", 50)
		out["delay"] = delay
	}
	if g.chance(60) {
		abort := pick(g, []fields{{"httpStatus": 503}, {"httpStatus": 404}, {"grpcStatus": "UNAVAILABLE"}})
		abort = fields{"percentage": fields{"value": 40}, g.only(abort): abort[g.only(abort)]}
		if g.chance(20) {
			delete(abort, "percentage")
		}
		out["abort"] = abort
	}
	return out
}

// only is the one key that there is.
func (g *generator) only(f fields) (key string) {
	for key = range f {
	}
	return key
}
