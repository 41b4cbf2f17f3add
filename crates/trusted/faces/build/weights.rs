//! The weights in the order in which `src/net` reads them: for each convolution its matrix, one row per input and one
//! column per output channel, and then its biases.

use crate::onnx::{Graph, Node, Tensor};

/// All weights of the graph, in the order of its nodes.
pub(crate) fn flat(graph: &Graph) -> Result<Vec<f32>, String> {
    let mut out = Vec::new();
    for (at, node) in graph.nodes.iter().enumerate() {
        match node.kind.as_str() {
            "Conv" => convolution(tensor(graph, node, 1)?, tensor(graph, node, 2)?, &mut out),
            "ConvTranspose" => {
                let norm = graph.nodes.get(at + 1).filter(|n| n.kind == "BatchNormalization");
                let norm = norm.ok_or("an upsampling step without normalisation")?;
                upsampling(graph, tensor(graph, node, 1)?, norm, &mut out)?;
            }
            "BatchNormalization" | "Relu" | "Add" | "Sigmoid" => {}
            other => return Err(format!("the model has an operation that is not known: {other}")),
        }
    }
    Ok(out)
}

fn tensor<'a>(graph: &'a Graph, node: &Node, input: usize) -> Result<&'a Tensor, String> {
    let name = node.inputs.get(input).ok_or("an operation lacks an input")?;
    graph.tensors.get(name).ok_or_else(|| format!("the model has no tensor {name}"))
}

/// [out, in, y, x] becomes [y, x, in, out]; depthwise ones (in = 1) thereby [y, x, channel].
fn convolution(weight: &Tensor, bias: &Tensor, out: &mut Vec<f32>) {
    let [outs, ins, rows, columns] = [0, 1, 2, 3].map(|i| weight.shape.get(i).copied().unwrap_or(1));
    for place in 0..rows * columns {
        for input in 0..ins {
            out.extend((0..outs).map(|o| weight.values[(o * ins + input) * rows * columns + place]));
        }
    }
    out.extend(&bias.values);
}

/// [in, out, 2, 2] becomes [in, (y, x, out)], scaled and shifted by the normalisation that follows.
fn upsampling(graph: &Graph, weight: &Tensor, norm: &Node, out: &mut Vec<f32>) -> Result<(), String> {
    /// The node's own epsilon.
    const EPSILON: f32 = 1e-3;
    let [gain, shift, mean, variance] = [1, 2, 3, 4].map(|i| tensor(graph, norm, i));
    let (gain, shift, mean, variance) = (&gain?.values, &shift?.values, &mean?.values, &variance?.values);
    let scale: Vec<f32> = gain.iter().zip(variance).map(|(g, v)| g / (v + EPSILON).sqrt()).collect();
    let outs = scale.len();
    for input in 0..weight.shape[0] {
        for place in 0..4 {
            out.extend((0..outs).map(|o| weight.values[(input * outs + o) * 4 + place] * scale[o]));
        }
    }
    for _ in 0..4 {
        out.extend((0..outs).map(|o| shift[o] - mean[o] * scale[o]));
    }
    Ok(())
}
