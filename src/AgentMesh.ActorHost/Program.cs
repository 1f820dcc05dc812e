using AgentMesh.ActorHost;
using AgentMesh.ServiceDefaults.Health;

return HealthProbe.IsAsked(args) ? await HealthProbe.AskAsync(args) : await AgentHost.RunAsync(args);
