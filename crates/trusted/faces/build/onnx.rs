//! The part of ONNX (Protocol Buffers, `onnx.proto`) that is needed: a graph's nodes and its float tensors.

use std::collections::HashMap;

/// A graph: its nodes in order of computation, and its tensors of floats.
pub(crate) struct Graph {
    pub(crate) nodes: Vec<Node>,
    pub(crate) tensors: HashMap<String, Tensor>,
}

/// One operation; attributes are not read, since the network that uses these weights knows its own shape.
pub(crate) struct Node {
    pub(crate) kind: String,
    pub(crate) inputs: Vec<String>,
}

/// Numbers and their shape.
#[derive(Default)]
pub(crate) struct Tensor {
    pub(crate) shape: Vec<usize>,
    pub(crate) values: Vec<f32>,
}

/// Elements of type FLOAT (`TensorProto.DataType`).
const FLOAT: u64 = 1;

/// Reads a model file.
pub(crate) fn read(file: &[u8]) -> Result<Graph, String> {
    let graph = fields(file)?.into_iter().find(|f| f.number == 7).ok_or("the model has no graph")?;
    let mut found = Graph { nodes: Vec::new(), tensors: HashMap::new() };
    for field in fields(graph.bytes)? {
        match field.number {
            1 => found.nodes.push(node(field.bytes)?),
            5 => {
                if let Some((name, tensor)) = tensor(field.bytes)? {
                    found.tensors.insert(name, tensor);
                }
            }
            _ => {}
        }
    }
    Ok(found)
}

fn node(bytes: &[u8]) -> Result<Node, String> {
    let mut node = Node { kind: String::new(), inputs: Vec::new() };
    for field in fields(bytes)? {
        match field.number {
            1 => node.inputs.push(field.text()),
            4 => node.kind = field.text(),
            _ => {}
        }
    }
    Ok(node)
}

/// A tensor of floats with its name; those of other types are of no use here.
fn tensor(bytes: &[u8]) -> Result<Option<(String, Tensor)>, String> {
    let (mut name, mut tensor, mut kind) = (String::new(), Tensor::default(), 0);
    for field in fields(bytes)? {
        match field.number {
            1 if field.bytes.is_empty() => tensor.shape.push(field.value as usize),
            1 => tensor.shape.extend(varints(field.bytes)?.into_iter().map(|v| v as usize)),
            2 => kind = field.value,
            4 | 9 => {
                tensor.values.extend(field.bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])))
            }
            8 => name = field.text(),
            _ => {}
        }
    }
    if kind != FLOAT {
        return Ok(None);
    }
    if tensor.values.len() != tensor.shape.iter().product::<usize>() {
        return Err(format!("tensor {name} does not hold as many numbers as its shape says"));
    }
    Ok(Some((name, tensor)))
}

/// One field of a message: a number or bytes.
struct Field<'a> {
    number: u64,
    value: u64,
    bytes: &'a [u8],
}

impl Field<'_> {
    fn text(&self) -> String {
        String::from_utf8_lossy(self.bytes).into_owned()
    }
}

fn fields(mut bytes: &[u8]) -> Result<Vec<Field<'_>>, String> {
    let short = || "the model ends in the middle of a field".to_owned();
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let key = varint(&mut bytes).ok_or_else(short)?;
        let mut field = Field { number: key >> 3, value: 0, bytes: &[] };
        let length = match key & 7 {
            0 => {
                field.value = varint(&mut bytes).ok_or_else(short)?;
                0
            }
            1 => 8,
            2 => varint(&mut bytes).ok_or_else(short)? as usize,
            5 => 4,
            kind => return Err(format!("the model has a field of kind {kind}, which is not known")),
        };
        (field.bytes, bytes) = bytes.split_at_checked(length).ok_or_else(short)?;
        found.push(field);
    }
    Ok(found)
}

fn varints(mut bytes: &[u8]) -> Result<Vec<u64>, String> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        found.push(varint(&mut bytes).ok_or("the model ends in the middle of a number")?);
    }
    Ok(found)
}

fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (&first, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}
