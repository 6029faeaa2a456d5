CALL gds.wcc.stream($name, {concurrency: 1})
YIELD nodeId, componentId
RETURN gds.util.asNode(nodeId).uid AS uid, componentId AS component
