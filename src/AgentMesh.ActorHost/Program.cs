using AgentMesh.ActorHost;

return await AgentHost.RunAsync(args);
