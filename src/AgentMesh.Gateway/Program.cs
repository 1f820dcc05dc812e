using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Edge;
using AgentMesh.ServiceDefaults;
using AgentMesh.ServiceDefaults.Health;

var builder = WebApplication.CreateSlimBuilder(args);
builder.AddServiceDefaults();
builder.AddEdge();
builder.Services.AddAgents(builder.Configuration);

var app = builder.Build();
app.UseServiceDefaults();
app.UseEdge();
app.MapServiceHealth();
app.MapAgents();
return await app.RunServiceAsync();
