using AgentMesh.ActorHost.Agents;
using AgentMesh.ActorHost.Dapr;
using AgentMesh.ActorHost.Responders;
using AgentMesh.ServiceDefaults;
using AgentMesh.ServiceDefaults.Dapr;
using AgentMesh.ServiceDefaults.Health;

var builder = WebApplication.CreateSlimBuilder(args);
builder.AddServiceDefaults();
builder.AddAppListener();
builder.Services.AddAgents();
builder.Services.AddResponders();

var app = builder.Build();
if (DaprTokens.WhyNotToStart(app.Environment, app.Services.GetRequiredService<SidecarOptions>()) is { } reason)
{
    await Console.Error.WriteLineAsync(reason);
    return 1;
}

app.UseServiceDefaults();
app.MapServiceHealth();
app.MapAgents();
return await app.RunServiceAsync();
