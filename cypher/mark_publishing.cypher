MATCH (pointer:Linkage {uid: 'pointer'})
SET pointer.publishing = $publishing
