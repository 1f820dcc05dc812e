using AgentMesh.ActorHost.Agents;
using AgentMesh.ActorHost.Dapr;

var builder = WebApplication.CreateSlimBuilder(args);
if (AppToken.WhyNotToStart(builder.Environment, builder.Configuration) is { } reason)
{
    await Console.Error.WriteLineAsync(reason);
    return 1;
}

builder.AddAppListener();
builder.Services.AddAgents();

var app = builder.Build();
app.UseFaultAnswers();
app.UseAppToken();
app.MapAgents();
await app.RunAsync();
return 0;
