@{
    RootModule = 'ContainerChaos.Pester.psm1'
    # The build writes the version of Directory.Build.props here.
    ModuleVersion = '0.0.0'
    GUID = '0b8e0a9c-51b8-4b53-9d4f-6d5f1d1f8f7a'
    Author = 'The ContainerChaos authors'
    Copyright = 'Copyright (c) 2026 The ContainerChaos authors. MIT licence.'
    Description = 'Should operators for Pester 5 that say how a container has to take a fault: -RecoverWithin and -SurviveFault.'
    PowerShellVersion = '7.6'
    CompatiblePSEditions = @('Core')
    RequiredModules = @('ContainerChaos', @{ ModuleName = 'Pester'; ModuleVersion = '5.7.0' })
    FunctionsToExport = @()
    CmdletsToExport = @()
    AliasesToExport = @()
    VariablesToExport = @()
    PrivateData = @{
        PSData = @{
            Tags = @('Pester', 'Chaos', 'Resilience', 'Container', 'Linux', 'PSEdition_Core')
        }
    }
}
