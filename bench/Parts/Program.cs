// Measures parts of the client by themselves:
//
//     dotnet run -c Release --project bench/Parts
//
// What a user sees, whole commands in processes of their own, is measured by Measure-Commands.ps1.

using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

// In this process: BenchmarkDotNet would otherwise build a project of its own, which knows nothing of the settings of this repository.
BenchmarkSwitcher.FromAssembly(typeof(Parts.Judging).Assembly).Run(
    args is [] ? ["--filter", "*"] : args,
    DefaultConfig.Instance.WithArtifactsPath(Path.Combine("artifacts", "benchmarks")).AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance)));
