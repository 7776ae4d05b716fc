package cilium

import "regexp"

// hiddenLabels are the labels of pods that agents keep out of identities unless
// their configuration says otherwise, so that no selector matches them. The
// longest expression that matches at a key's start decides, and those of
// shownLabels win over shorter ones.
// cilium pkg/labelsfilter/filter.go defaultLabelPrefixCfg
var (
	hiddenLabels = regexp.MustCompile(`^(?:io\.kubernetes|kubernetes\.io|statefulset\.kubernetes\.io/pod-name|apps\.kubernetes\.io/pod-index|batch\.kubernetes\.io/job-completion-index|batch\.kubernetes\.io/controller-uid|.*beta\.kubernetes\.io|k8s\.io|pod-template-generation|pod-template-hash|controller-revision-hash|controller-uid|annotation|etcd_node|topology\.kubernetes\.io)`)
	shownLabels  = regexp.MustCompile(`^(?:io\.kubernetes\.pod\.namespace|io\.cilium\.k8s\.|app\.kubernetes\.io)`)
)

// hidden reports whether agents keep a label of pods out of identities.
func hidden(label string) bool {
	return hiddenLabels.MatchString(label) && !shownLabels.MatchString(label)
}
