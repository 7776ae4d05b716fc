// Package translate is the public way in: it reads the manifests of one mesh and
// writes those that ask another mesh for the same.
//
//	objs, problems := source.Parse("mesh.yaml", data, source.Options{})
//	result := translate.Run(translate.Input{Objects: objs, Problems: problems}, translate.Options{
//		From: istio.Mesh, To: linkerd.Mesh,
//	})
//	manifest.WriteYAML(os.Stdout, result.Manifests)
//
// The pipeline is read, lift, legalize, verify, write, account, check. What comes
// out admits nothing that the input kept out, unless the caller accepts just
// that; every value of the input has a fate in the ledger; and the output is read
// back and compared with the input by meaning.
package translate
