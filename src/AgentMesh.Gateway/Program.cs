using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Edge;
using AgentMesh.Gateway.Owner;
using AgentMesh.Gateway.Schedules;
using AgentMesh.Gateway.Turns;
using AgentMesh.Gateway.Watching;
using AgentMesh.ServiceDefaults;
using AgentMesh.ServiceDefaults.Health;

var builder = WebApplication.CreateSlimBuilder(args);
builder.AddServiceDefaults();
builder.AddEdge();
builder.Services.AddAgents(builder.Configuration);
builder.Services.AddOwner();
builder.Services.AddSchedules();
builder.Services.AddTurns(builder.Configuration);
builder.Services.AddWatching(builder.Configuration);

var app = builder.Build();
app.UseServiceDefaults();
app.UseEdge();
app.MapServiceHealth();
app.MapAgents();
app.MapOwner();
app.MapSchedules();
app.MapTurns();
app.MapWatching();
return await app.RunServiceAsync();
