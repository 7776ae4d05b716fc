package legal

// pass is one step of legalization.
type pass struct {
	name string
	run  func(*run)
	// why is the reason for its place.
	why string
}

// passes in the order in which they run.
var passes = []pass{
	{"defaults", defaults, "first, so that later passes see the target's defaults and ask for none of the source's"},
	{"kept", keepInForce, "before anything is judged that stays in force where it is"},
	{"left-inspection", leftInspection, "after kept, of which nothing is left, and before admission is rewritten"},
	{"left-datagrams", leftDatagrams, "as left-inspection, and before opaque, which takes out what is said of UDP"},
	{"opaque", opaque, "before its dependants are looked at"},
	{"failover", failover, "before passes that look at backends, and before no-access, since what is lost is told of output that is withheld too"},
	{"no-access", noAccess, "output that is withheld needs no further pass"},
	{"visibility", visibility, "before leaving, which changes what is denied to clients that are not told of a host, and before tables are split"},
	{"leaving", leavingCluster, "on its own: nothing else is about what leaves the cluster"},
	{"entries", entries, "routing of an entry that cannot be said needs no further pass"},
	{"missing", missing, "before subsets, which makes Services for those that are there"},
	{"subsets", subsets, "makes leaf Services, to which features and layout then apply like to any other"},
	{"broader", broader, "makes subsets of Services that are in the input, for targets that know subsets"},
	{"clients", clients, "splits tables, so before rules are looked at one by one"},
	{"ports", servicePorts, "splits tables, after clients so that each class of clients gets its ports"},
	{"portless", portless, "after ports, which makes tables for single ports"},
	{"each-port", eachPort, "after portless, since other ports of the Service may have tables of their own, and before rules name ports of backends"},
	{"only-port", onlyPort, "after portless, since other ports of the Service may have tables of their own"},
	{"backend-ports", backendPorts, "after portless, which makes tables for single ports"},
	{"rest", rest, "makes rules, so before rules are looked at"},
	{"features", features, "on whole rules, before their predicates are taken apart"},
	{"atoms", atoms, "takes predicates apart, so that order compares what will be written"},
	{"order", order, "after all that changes predicates"},
	{"shares", shares, "after all that refuses tables"},
	{"tables", wholeTables, "after all that changes where requests go"},
	{"baseline", baselineOfRules, "after all that refuses tables and drops what rules say, so that it tells of what is written"},
	{"everyone", everyone, "before wide and upstream, which look at what is said of all callers"},
	{"wide", wide, "before upstream, which looks at what is said of each Service"},
	{"upstream", upstream, "after subsets moved policies to leaf Services"},
	{"consumers", consumers, "after upstream, which drops what no caller can say"},
	{"verbatim", verbatim, "before admission is judged, since what is kept as it is can be said"},
	{"foreign", foreign, "before all that says or loses conditions of admission, and after verbatim, which keeps some as they are"},
	{"egress", egress, "makes denials at servers, so before all others of admission"},
	{"modes", modes, "first of admission: what enforces nothing needs no care"},
	{"withheld", withheldScopes, "before other passes withhold more"},
	{"ask", asked, "makes denials, so before those are looked at"},
	{"opaque-security", opaqueSecurity, "makes denials"},
	{"tokens", tokens, "makes denials"},
	{"transport", transport, "makes denials"},
	{"dialled", dialled, "needs nothing of the others"},
	{"access-defaults", accessDefaults, "makes Allow facts, so before scopes"},
	{"take-off", takeOff, "after access-defaults, which leaves only denials in the list, and before scopes and conditions are said"},
	{"access-scopes", accessScopes, "moves ports into conditions, so before these are looked at"},
	{"near", near, "before conditions are said, so that each can be"},
	{"access-atoms", accessAtoms, "after all that makes facts"},
	{"complete", complete, "after all that makes facts, and before servers, which asks for shapes"},
	{"rates", rates, "after all of admission that decides who comes by mutual TLS, and before servers, which are made for limits too"},
	{"servers", partitioned, "after all that withholds, since it takes denials off what is let in"},
	{"named", named, "as servers: after all that withholds"},
	{"verbatim-back", verbatimBack, "after all of admission"},
	{"egress-back", egressBack, "after all that is about servers"},
	{"brought-inspection", broughtInspection, "after all of admission, so that it tells of what is written"},
	{"brought-datagrams", broughtDatagrams, "as brought-inspection"},
	{"bounded", bounded, "after all of admission, which makes Services known as those of HTTP"},
	{"layout", layout, "last: names and groups what is left"},
}
