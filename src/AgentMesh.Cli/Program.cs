using AgentMesh.Cli.Terminal;

return await CommandLine.InvokeAsync(args, CliParts.OfThisMachine(), CancellationToken.None);
